"""Phones in browsers: sessions, the relay of SIP to the PBX, what pages ask, and calls that outlive their page."""
