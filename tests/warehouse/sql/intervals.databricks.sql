-- errors
SELECT
  CASE WHEN `at` < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS `c0`,
  0 AS `c1`,
  COUNT(*) AS `c2`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      THEN 1
    END
  ) AS `c3`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
        AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      )
      AND CAST(`repaid` AS DOUBLE) < CAST(`score` AS DOUBLE)
      THEN 1
    END
  ) AS `c4`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
        AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      )
      AND CAST(`repaid` AS DOUBLE) > CAST(`we``ird "name'` AS DOUBLE)
      THEN 1
    END
  ) AS `c5`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) > CAST(`we``ird "name'` AS DOUBLE)
      THEN 1
    END
  ) AS `c6`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we``ird "name'` AS DOUBLE), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(GREATEST(CAST(`score` AS DOUBLE), -8.988465674311579e+307), 8.988465674311579e+307)
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS `c7`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we``ird "name'` AS DOUBLE), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(GREATEST(CAST(`score` AS DOUBLE), -8.988465674311579e+307), 8.988465674311579e+307)
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
                    GREATEST(CAST(`we``ird "name'` AS DOUBLE), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(GREATEST(CAST(`score` AS DOUBLE), -8.988465674311579e+307), 8.988465674311579e+307)
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS `c8`
FROM decisions
WHERE
  `at` >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND `at` < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2;

-- errors by time
SELECT
  CASE WHEN `at` < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS `c0`,
  0 AS `c1`,
  DATE_TRUNC('DAY', CAST(`at` AS TIMESTAMP)) AS `c2`,
  COUNT(*) AS `c3`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      THEN 1
    END
  ) AS `c4`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
        AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      )
      AND CAST(`repaid` AS DOUBLE) < CAST(`score` AS DOUBLE)
      THEN 1
    END
  ) AS `c5`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
        AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      )
      AND CAST(`repaid` AS DOUBLE) > CAST(`we``ird "name'` AS DOUBLE)
      THEN 1
    END
  ) AS `c6`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) > CAST(`we``ird "name'` AS DOUBLE)
      THEN 1
    END
  ) AS `c7`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we``ird "name'` AS DOUBLE), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(GREATEST(CAST(`score` AS DOUBLE), -8.988465674311579e+307), 8.988465674311579e+307)
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS `c8`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`score` AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST(`we``ird "name'` AS DOUBLE)) <= 1.7976931348623157e+308
      AND CAST(`score` AS DOUBLE) <= CAST(`we``ird "name'` AS DOUBLE)
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`we``ird "name'` AS DOUBLE), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(GREATEST(CAST(`score` AS DOUBLE), -8.988465674311579e+307), 8.988465674311579e+307)
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
                    GREATEST(CAST(`we``ird "name'` AS DOUBLE), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(GREATEST(CAST(`score` AS DOUBLE), -8.988465674311579e+307), 8.988465674311579e+307)
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS `c9`
FROM decisions
WHERE
  `at` >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND `at` < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3;
