ALTER TABLE `rehearsals` ADD `orders_read_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `rehearsals` ADD `totals` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `rehearsed` ADD `differs` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `rehearsed_differing` ON `rehearsed` (`tenant_id`,`automation`,`variant`,`at`) WHERE differs = 1;