"""What may be dialled to the outside: a tenant's rules, judgement of a number, limits that hold across processes."""
