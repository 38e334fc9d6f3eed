PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_supply_orders` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`order_id` text NOT NULL,
	`provider` text NOT NULL,
	`part` integer DEFAULT 0 NOT NULL,
	`customer_id` text,
	`state` text NOT NULL,
	`reason` text,
	`facts` text NOT NULL,
	`since` integer NOT NULL,
	`round` integer DEFAULT 0 NOT NULL,
	`lines` text NOT NULL,
	`parcels` text NOT NULL,
	`waived_up_to` integer,
	`partly` integer DEFAULT false NOT NULL,
	`version` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `order_id`, `provider`, `part`),
	CONSTRAINT "state_known" CHECK("state" = 'held' or "state" = 'proposed' or "state" = 'ordered' or "state" = 'shipped' or "state" = 'stuck' or "state" = 'over')
);
--> statement-breakpoint
INSERT INTO `__new_supply_orders`("tenant_id", "connection_id", "order_id", "provider", "part", "customer_id", "state", "reason", "facts", "since", "round", "lines", "parcels", "waived_up_to", "partly", "version", "next_at", "created_at") SELECT "tenant_id", "connection_id", "order_id", "provider", "part", "customer_id", "state", "reason", "facts", "since", "round", "lines", "parcels", "waived_up_to", "partly", "version", "next_at", "created_at" FROM `supply_orders`;--> statement-breakpoint
DROP TABLE `supply_orders`;--> statement-breakpoint
ALTER TABLE `__new_supply_orders` RENAME TO `supply_orders`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `supply_orders_due` ON `supply_orders` (`tenant_id`,`connection_id`,`next_at`) WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX `supply_orders_listed` ON `supply_orders` (`tenant_id`,`connection_id`,`state`,`created_at`);