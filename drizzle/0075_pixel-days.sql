CREATE TABLE `pixel_days` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`day` text NOT NULL,
	`checkouts` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `day`),
	CONSTRAINT "pixel_days_most" CHECK(checkouts between 1 and 10000)
);
