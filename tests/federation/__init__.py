"""Federation as the guide has it: composed with another subgraph, asked through Hive Gateway."""
