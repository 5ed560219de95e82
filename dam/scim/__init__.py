"""SCIM 2.0: a company's directory makes, changes and ends memberships of one brand."""
