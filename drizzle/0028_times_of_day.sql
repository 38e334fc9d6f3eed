ALTER TABLE `schedules` ADD `daily_at` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `zone` text;