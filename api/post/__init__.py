"""E-mail: what is sent, through whom, to whom it may go, and reports that go out by the clock."""
