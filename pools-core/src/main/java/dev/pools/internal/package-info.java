/**
 * What both pools stand on and users never see: the lock whose readers never wait and what is
 * carried out after it, time, threads and futures that keep the pools and the users' code apart,
 * and the descriptions of failures.
 *
 * <p>{@code VersionedLock} and {@code AfterUnlock} belong to the core of a pool. {@code Time} has
 * clocks, timers and helper threads, which {@code PoolThreads} creates. {@code HelperQueue} runs
 * what leads to user code, and {@code Promise} is a future whose dependants never run on the thread
 * that decides its result. {@code Faults} describes and logs what user code has thrown, without
 * passwords. {@code ThreadInterrupt} interrupts a thread whose class may be the user's; {@code
 * InterruptibleCode} lets such an interrupt reach one call and nothing after it. {@code StackRoom}
 * lets a call fail before it has changed anything.
 *
 * <p>This package names no class of any other package.
 */
@NullMarked
package dev.pools.internal;

import org.jspecify.annotations.NullMarked;
