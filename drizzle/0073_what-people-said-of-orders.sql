ALTER TABLE `supply_orders` ADD `part` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `supply_orders` ADD `waived_up_to` integer;--> statement-breakpoint
ALTER TABLE `supply_orders` ADD `partly` integer DEFAULT false NOT NULL;