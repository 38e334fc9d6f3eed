CREATE TABLE `supply_mappings` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`state` text NOT NULL,
	`provider` text,
	`reference` text,
	`name` text,
	`pack` integer DEFAULT 1 NOT NULL,
	`mapped_by` text NOT NULL,
	`mapped_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `variant_id`),
	CONSTRAINT "state_known" CHECK("state" = 'mapped' or "state" = 'own')
);
--> statement-breakpoint
CREATE TABLE `supply_orders` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`order_id` text NOT NULL,
	`provider` text NOT NULL,
	`customer_id` text,
	`state` text NOT NULL,
	`reason` text,
	`facts` text NOT NULL,
	`since` integer NOT NULL,
	`round` integer DEFAULT 0 NOT NULL,
	`lines` text NOT NULL,
	`parcels` text NOT NULL,
	`waived` integer DEFAULT false NOT NULL,
	`version` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `order_id`, `provider`),
	CONSTRAINT "state_known" CHECK("state" = 'held' or "state" = 'proposed' or "state" = 'ordered' or "state" = 'shipped' or "state" = 'stuck' or "state" = 'over')
);
--> statement-breakpoint
CREATE INDEX `supply_orders_due` ON `supply_orders` (`tenant_id`,`connection_id`,`next_at`) WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX `supply_orders_listed` ON `supply_orders` (`tenant_id`,`connection_id`,`state`,`created_at`);