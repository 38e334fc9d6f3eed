CREATE TABLE `action_customers` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`action_id` text NOT NULL,
	`place` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `customer_id`, `action_id`)
);
