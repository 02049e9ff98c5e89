import { adapterContract } from '../testing/contract.ts';
import { slackKit } from './kit.ts';

adapterContract(slackKit);
