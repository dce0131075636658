"""What GPUs and NVSwitches are told of by: nvidia-smi, DCGM, the fabric manager, IMEX."""
