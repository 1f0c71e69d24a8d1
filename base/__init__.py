"""The ground: settings, database, scope, web, jobs, files and time; it knows nothing of the business."""
