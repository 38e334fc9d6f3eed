ALTER TABLE `tenants` ADD `source` text DEFAULT 'manual' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `updated_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `tenants` SET `updated_at` = `created_at`, `source` = CASE WHEN `origin` IS NULL THEN 'manual' ELSE substr(`origin`, 1, instr(`origin`, ':') - 1) END;
