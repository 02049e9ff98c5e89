import { adapterContract } from '../testing/contract.ts';
import { discordKit } from './kit.ts';

adapterContract(discordKit);
