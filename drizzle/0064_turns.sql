CREATE TABLE `turns` (
	`tenant_id` text NOT NULL,
	`queue` text NOT NULL,
	`number` integer NOT NULL,
	`at` integer,
	PRIMARY KEY(`tenant_id`, `queue`),
	CONSTRAINT "queue_known" CHECK("queue" = 'runs' or "queue" = 'actions')
);
--> statement-breakpoint
DROP INDEX `actions_due`;--> statement-breakpoint
CREATE INDEX `actions_due` ON `actions` (`tenant_id`,(decided_by = 'policy'),`available_at`) WHERE available_at is not null;--> statement-breakpoint
ALTER TABLE `runs` DROP COLUMN `sent_at`;