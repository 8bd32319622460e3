"""Two small news outlets of our own writing, on loopback, for a first crawl without the Internet."""
