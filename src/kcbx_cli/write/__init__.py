"""Edge: plan, check, commit: workbooks and machine-readable files."""
