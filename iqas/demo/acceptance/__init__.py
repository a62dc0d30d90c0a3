"""The installation that independent checks run against (reliability.md §2.1): two centres, every role, canaries everywhere."""
