"""The workbench: a local web page on which coders label passages, compare, and retrain.

`server` opens the port, `security` lets only its own page in, `app` lists the
pages, `bench` holds what one coder works on; pages are Jinja2 templates and
plain JavaScript served from this package.
"""
