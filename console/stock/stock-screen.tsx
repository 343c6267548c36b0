import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconBoxOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { useMay } from '../app/session.ts';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { Tiles } from '../look/tiles.tsx';
import { When } from '../look/when.tsx';
import { ForecastChart } from './forecast-chart.tsx';
import classes from './stock-screen.module.css';
import { paceWords, standing } from './standing.ts';

type Line = Outputs['stock']['list']['products'][number];

/** What is left of each product, how fast it goes, and when it will be gone. What runs short comes first. */
export default function StockScreen() {
  const stock = useQuery(api.stock.list.queryOptions());
  const products = useQuery(api.products.list.queryOptions());
  const health = useQuery(api.health.get.queryOptions());
  const may = useMay();
  const alarmOf = (sku: string) =>
    health.data?.parts.stock.facts?.low.find((one) => one.sku === sku)?.threshold ??
    products.data?.products.find((one) => one.sku === sku)?.lowStock ??
    null;
  const importButton = may('import') && (
    <Button component={Link} href="/import">
      Import keys
    </Button>
  );
  return (
    <Screen
      title="Stock"
      intro="The forecast goes on as the last seven days went, or as the last day when that was a rush."
      actions={importButton}
    >
      {stock.isPending && <Loading />}
      {stock.data === undefined && stock.isError && (
        <ServerAway error={stock.error} retry={() => void stock.refetch()} />
      )}
      {stock.data?.products.length === 0 && (
        <Card>
          <Plate icon={IconBoxOff} title="No product yet" action={importButton}>
            The first import of keys makes the first product.
          </Plate>
        </Card>
      )}
      <Tiles least={24}>
        {(stock.data?.products ?? [])
          .map((line) => ({ line, alarm: alarmOf(line.sku) }))
          .toSorted((a, b) => standing(a.line, a.alarm).rank - standing(b.line, b.alarm).rank)
          .map((one) => (
            <Product key={one.line.sku} {...one} />
          ))}
      </Tiles>
    </Screen>
  );
}

function Product({ line, alarm }: { line: Line; alarm: number | null }) {
  const { sku, name, available, waiting, runsOutAt } = line;
  const isRunningOut = runsOutAt !== null && available > 0;
  const { status, sentence } = standing(line, alarm);
  return (
    <Card title={name} aside={<StatusBadge status={status} />}>
      {name !== sku && (
        <Text size="sm" c="dimmed" mt={-8}>
          {sku}
        </Text>
      )}
      <Group justify="space-between" align="flex-end" wrap="nowrap" my="xs">
        <div>
          <span className={classes.figure}>{available.toLocaleString()}</span>
          <Text span c="dimmed">
            {' '}
            in stock
          </Text>
        </div>
        <Text size="sm" ta="right" component="div">
          {paceWords(line)}
          {isRunningOut && (
            <div>
              until about <When at={runsOutAt} />
            </div>
          )}
          {(!isRunningOut || status !== 'ok') && <div>{sentence}</div>}
        </Text>
      </Group>
      <ForecastChart line={line} alarm={alarm} />
      <dl className={classes.parts}>
        <Part name="Assigned" count={line.assigned} />
        <Part name="On hold" count={line.held} />
        <Part name="Revoked" count={line.revoked} />
        <div>
          <dt>Owed</dt>
          <dd>
            {waiting === 0 ? (
              0
            ) : (
              <Anchor component={Link} href={`/waiting?${new URLSearchParams({ sku })}`} fw={650} inherit>
                {waiting.toLocaleString()}
              </Anchor>
            )}
          </dd>
        </div>
      </dl>
    </Card>
  );
}

function Part({ name, count }: { name: string; count: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{count.toLocaleString()}</dd>
    </div>
  );
}
