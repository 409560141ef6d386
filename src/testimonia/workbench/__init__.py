"""The workbench: a page on this machine, on which claims are typed beside a report."""
