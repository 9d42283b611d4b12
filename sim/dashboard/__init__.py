"""Two policy mixes side by side in a browser, on this machine only unless asked otherwise."""
