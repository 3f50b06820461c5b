// A peer that speaks S3 on a real socket and checks every signature: `s3rver`, with one bucket.
import S3rver from '@20minutes/s3rver';
import { createTemporaryDirectory } from '../files/temporary-directory.ts';

/** A running peer with one bucket. */
export interface TestS3 extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** What the peer knows. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Where it keeps its objects. */
  readonly directory: string;
}

/** Starts the peer. */
export async function startTestS3(): Promise<TestS3> {
  const directory = await createTemporaryDirectory();
  const bucket = 'longhaul-test';
  const peer = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: directory.path,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await peer.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    directory: directory.path,
    [Symbol.asyncDispose]: async () => {
      await peer.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
