DROP INDEX `runs_created`;--> statement-breakpoint
DROP INDEX `runs_tenant`;--> statement-breakpoint
CREATE INDEX `runs_unwell` ON `runs` (`status`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_tenant` ON `runs` (`tenant_id`,`id`);--> statement-breakpoint
ALTER TABLE `runs` DROP COLUMN `lease_until`;--> statement-breakpoint
ALTER TABLE `tenants` ADD `catalog` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `tenants_catalog` ON `tenants` (`catalog`);--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_open` ON `dead_letters` (`run_id`) WHERE replayed_at is null;