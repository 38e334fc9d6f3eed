ALTER TABLE `run_logs` ADD `params` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `error_params` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `last_error_params` text;