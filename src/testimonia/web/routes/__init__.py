"""What the endpoint answers at each address.

A new kind of page is a module here, a template in ``pages/templates`` and a route in `web.app`.
"""
