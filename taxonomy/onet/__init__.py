"""O*NET: its tables and ladders, conversation -> task, cluster -> activities, comparison."""
