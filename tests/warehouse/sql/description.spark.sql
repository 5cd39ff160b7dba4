-- values of amount
SELECT
  COUNT(*),
  SUM(`c1`),
  COUNT(CASE WHEN `c1` >= 10 THEN 1 END),
  SUM(CASE WHEN `c1` >= 10 THEN `c1` END)
FROM (
  SELECT
    `amount` AS `c0`,
    COUNT(*) AS `c1`
  FROM decisions
  WHERE
    NOT `amount` IS NULL
  GROUP BY
    1
) AS g;

-- values of we`ird "name'
SELECT
  COUNT(*),
  SUM(`c1`),
  COUNT(CASE WHEN `c1` >= 10 THEN 1 END),
  SUM(CASE WHEN `c1` >= 10 THEN `c1` END)
FROM (
  SELECT
    CAST(`we``ird "name'` AS STRING) AS `c0`,
    COUNT(*) AS `c1`
  FROM decisions
  WHERE
    NOT `we``ird "name'` IS NULL
  GROUP BY
    1
) AS g;

-- frequent channel
SELECT
  `channel` AS `c0`,
  COUNT(*) AS `c1`
FROM decisions
WHERE
  NOT `channel` IS NULL
GROUP BY
  1
HAVING
  COUNT(*) >= 10
ORDER BY
  `c1` DESC,
  `c0` NULLS LAST
LIMIT 50;

-- frequent paid
SELECT
  CAST(`paid` AS STRING) AS `c0`,
  COUNT(*) AS `c1`
FROM decisions
WHERE
  NOT `paid` IS NULL
GROUP BY
  1
HAVING
  COUNT(*) >= 10
ORDER BY
  `c1` DESC,
  `c0` NULLS LAST
LIMIT 50;

-- groups of age
SELECT
  CASE
    WHEN CAST(`age` AS DOUBLE) < 25.0e0
    THEN 0
    WHEN CAST(`age` AS DOUBLE) < 65.0e0
    THEN 1
    WHEN CAST(`age` AS DOUBLE) <= 1.7976931348623157e+308
    THEN 2
    WHEN NOT CAST(`age` AS DOUBLE) IS NULL
    THEN 3
  END AS `c0`,
  COUNT(*) AS `c1`
FROM decisions
GROUP BY
  1;

-- number amount
SELECT
  CASE
    WHEN CAST(`amount` AS DOUBLE) IS NULL
    THEN -1
    WHEN CAST(`amount` AS DOUBLE) < -1.7976931348623157e+308
    THEN -3
    WHEN CAST(`amount` AS DOUBLE) <= 1.7976931348623157e+308
    THEN CASE
      WHEN CAST(`amount` AS DOUBLE) < 0.5e0
      THEN CASE
        WHEN CAST(`amount` AS DOUBLE) < 0.0e0
        THEN CASE WHEN CAST(`amount` AS DOUBLE) < -10.0e0 THEN 0 ELSE 1 END
        ELSE 2
      END
      ELSE CASE WHEN CAST(`amount` AS DOUBLE) < 10.0e0 THEN 3 ELSE 4 END
    END
    WHEN CAST(`amount` AS DOUBLE) = CAST('Infinity' AS DOUBLE)
    THEN -2
    ELSE -4
  END AS `c0`,
  COUNT(*) AS `c1`
FROM decisions
GROUP BY
  1;

-- months of at
SELECT
  CAST(DATE_TRUNC('MONTH', CAST(`at` AS TIMESTAMP)) AS STRING) AS `c0`,
  COUNT(*) AS `c1`
FROM decisions
GROUP BY
  1;

-- equal rows
SELECT
  COUNT(*)
FROM (
  SELECT DISTINCT
    `id` AS `c0`,
    `at` AS `c1`,
    `sex` AS `c2`,
    `age` AS `c3`,
    `channel` AS `c4`,
    `decision` AS `c5`,
    `paid` AS `c6`,
    `amount` AS `c7`,
    CAST(`we``ird "name'` AS STRING) AS `c8`
  FROM decisions
) AS g;
