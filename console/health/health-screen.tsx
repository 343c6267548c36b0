import { useQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { BooksParts } from './books-parts.tsx';
import { InstanceTable } from './instance-table.tsx';
import { MachineParts } from './machine-parts.tsx';
import { Overall } from './overall.tsx';
import { SiteTable } from './site-table.tsx';
import { Verify } from './verify.tsx';
import classes from './health.module.css';

export default function HealthScreen() {
  const { data, error, isPending, refetch } = useQuery(api.health.get.queryOptions());
  return (
    <Screen title="Health" intro="How the service is, part by part. It looks again every few seconds.">
      {isPending ? (
        <Loading />
      ) : data === undefined ? (
        <Card>
          <ServerAway error={error} retry={() => void refetch()} />
        </Card>
      ) : (
        <>
          <Overall report={data} />
          <div className={classes.parts}>
            <MachineParts parts={data.parts} />
            <BooksParts parts={data.parts} />
          </div>
          <InstanceTable part={data.parts.instances} />
          <SiteTable part={data.parts.sites} />
        </>
      )}
      <Verify />
    </Screen>
  );
}
