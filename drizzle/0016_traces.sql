CREATE TABLE `ticks` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`took_ms` integer NOT NULL,
	`failed` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `audit_log` ADD `request_id` text;--> statement-breakpoint
CREATE INDEX `audit_log_request` ON `audit_log` (`request_id`) WHERE request_id is not null;--> statement-breakpoint
ALTER TABLE `runs` ADD `defect` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `request_id` text;--> statement-breakpoint
CREATE INDEX `runs_request` ON `runs` (`request_id`) WHERE request_id is not null;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `request_id` text;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_request` ON `webhook_deliveries` (`request_id`) WHERE request_id is not null;