"""Pages about the things in a dataset, and the same descriptions as RDF; served, or written as files.

- `addresses`: where the page of a thing is, and which thing an address is about;
- `page_renderer`: the page of any thing, from the view of its kind and one template for each kind;
- `incident_view` and the modules beside it: what the page of an incident shows;
- `bounded_description`: what is stated about a thing, as RDF;
- `site_writer`: the same pages as files, which any web server can serve.

Pages link to each other with relative addresses, so that they are the same bytes wherever they are.
"""
