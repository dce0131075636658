"""What a Linux host says of its adapters, links and neighbours."""
