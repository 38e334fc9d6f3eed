ALTER TABLE `actions` ADD `control` integer;--> statement-breakpoint
CREATE INDEX `actions_compared` ON `actions` (`tenant_id`,`automation`,`created_at`,`connection_id`,`customer_id`,`control`) WHERE control is not null;--> statement-breakpoint
ALTER TABLE `policies` ADD `started_at` integer;--> statement-breakpoint
ALTER TABLE `policies` ADD `effect_points` integer DEFAULT 5 NOT NULL;