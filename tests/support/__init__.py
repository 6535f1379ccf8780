"""What tests share and that is no fixture itself."""
