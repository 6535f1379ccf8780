"""Recording without a network, in real browsers, with the server stopped."""
