"""What the tools of an InfiniBand subnet print: infiniband-diags, rdma-core, the subnet manager."""
