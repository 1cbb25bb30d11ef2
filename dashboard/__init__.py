"""The managers' pages: the live wallboard and reports, behind the login, in the look of assets/tokens.css."""
