"""What browsers ask for over HTTP: pages, sessions, records, exports."""
