"""What the services around a fabric say of it: the job scheduler, the fabric's own manager."""
