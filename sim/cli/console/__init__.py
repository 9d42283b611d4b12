"""What commands share: options, progress, tables, messages and the process itself."""
