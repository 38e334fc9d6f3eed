ALTER TABLE `policies` ADD `member_stake` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `policies` ADD `staff_decides` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `policies` ADD `quiet_from` text DEFAULT '21:00' NOT NULL;--> statement-breakpoint
ALTER TABLE `policies` ADD `quiet_to` text DEFAULT '08:00' NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `automations` text DEFAULT '[]' NOT NULL;