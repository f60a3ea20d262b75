"""`torch.utils.data.dataloader` by its path."""

from tinygradx.data import DataLoader, default_collate, default_convert, get_worker_info

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]
