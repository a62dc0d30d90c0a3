"""The demonstration university, built through the same services that its people use."""
