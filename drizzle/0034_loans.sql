CREATE TABLE `loans` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`lender_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`provider` text NOT NULL,
	`lent_by` text NOT NULL,
	`lent_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `loans_open` ON `loans` (`tenant_id`,`provider`) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX `loans_tenant` ON `loans` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `loans_lender` ON `loans` (`lender_id`,`id`);--> statement-breakpoint
ALTER TABLE `tenants` ADD `borrows` integer DEFAULT false NOT NULL;