-- errors
SELECT
  CASE WHEN `at` < CAST('2026-04-01 00:00:00' AS DATETIME) THEN 0 ELSE 1 END AS `c0`,
  0 AS `c1`,
  COUNT(*) AS `c2`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      THEN 1
    END
  ) AS `c3`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
        AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      )
      AND CAST(`repaid` AS FLOAT64) < CAST(`score` AS FLOAT64)
      THEN 1
    END
  ) AS `c4`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
        AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      )
      AND CAST(`repaid` AS FLOAT64) > CAST(`we\`ird "name'` AS FLOAT64)
      THEN 1
    END
  ) AS `c5`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) > CAST(`we\`ird "name'` AS FLOAT64)
      THEN 1
    END
  ) AS `c6`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we\`ird "name'` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`score` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c7`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we\`ird "name'` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`score` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          ) * (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we\`ird "name'` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`score` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c8`
FROM decisions
WHERE
  `at` >= CAST('2026-03-01 00:00:00' AS DATETIME)
  AND `at` < CAST('2026-05-01 00:00:00' AS DATETIME)
GROUP BY
  1,
  2;

-- errors by time
SELECT
  CASE WHEN `at` < CAST('2026-04-01 00:00:00' AS DATETIME) THEN 0 ELSE 1 END AS `c0`,
  0 AS `c1`,
  DATETIME_TRUNC(CAST(`at` AS DATETIME), DAY) AS `c2`,
  COUNT(*) AS `c3`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      THEN 1
    END
  ) AS `c4`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
        AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      )
      AND CAST(`repaid` AS FLOAT64) < CAST(`score` AS FLOAT64)
      THEN 1
    END
  ) AS `c5`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
        AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      )
      AND CAST(`repaid` AS FLOAT64) > CAST(`we\`ird "name'` AS FLOAT64)
      THEN 1
    END
  ) AS `c6`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) > CAST(`we\`ird "name'` AS FLOAT64)
      THEN 1
    END
  ) AS `c7`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we\`ird "name'` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`score` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c8`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we\`ird "name'` AS FLOAT64)) <= 1.7976931348623157e+308
      AND CAST(`score` AS FLOAT64) <= CAST(`we\`ird "name'` AS FLOAT64)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we\`ird "name'` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`score` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          ) * (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we\`ird "name'` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`score` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c9`
FROM decisions
WHERE
  `at` >= CAST('2026-03-01 00:00:00' AS DATETIME)
  AND `at` < CAST('2026-05-01 00:00:00' AS DATETIME)
GROUP BY
  1,
  2,
  3;
