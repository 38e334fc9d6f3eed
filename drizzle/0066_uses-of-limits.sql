CREATE TABLE `rate_uses` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`limit` text NOT NULL,
	`share` real NOT NULL,
	`waits` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `limit`)
);
