"""The one stream of records that live, simulated and replayed fabrics all are."""
