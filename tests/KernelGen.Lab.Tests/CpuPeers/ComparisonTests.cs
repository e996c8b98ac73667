using KernelGen.Cpu;
using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.CpuPeers;

/// <summary>How contenders are measured, with contenders that compute nothing.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ComparisonTests
{
    private static readonly ComparedShape OneKey = new("one key", new(1, 2, 17, 1, 8));
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    private readonly List<string> _log = [];

    [TestMethod]
    public void EveryBurstOfAPeer_FollowsOneOfKernelGen()
    {
        Measure([new FakePeer("a", Short, _log), new FakePeer("b", Short, _log)]);

        // The first calls are those that are not timed: two of each contender.
        string[] bursts = [.. _log.Skip(6).Aggregate(new List<string>(), (list, name) =>
        {
            if (list.LastOrDefault() != name)
                list.Add(name);
            return list;
        })];
        CollectionAssert.AreEqual((string[])["KernelGen", "a", "KernelGen", "b"], bursts[..4]);
        for (int i = 0; i < bursts.Length; i++)
            Assert.AreEqual(i % 2 == 0, bursts[i] == Comparison.OwnName, $"burst {i} is {bursts[i]}'s");
    }

    [TestMethod]
    public void TheRatio_IsThatOfTheFastestPeer_AboveOneWhereItIsSlower()
    {
        ComparedRow row = Measure([new FakePeer("slow", 1.6 * Short, _log), new FakePeer("fast", Short / 2, _log)]);
        Assert.AreEqual("fast", row.Peer);
        Assert.AreEqual(0.5, row.Ratio!.Value, 0.15);
        Assert.AreEqual(row.Ratio, row.Peers.Single(peer => peer.Name == "fast").Ratio);
        Assert.AreEqual(row.PeerMs, row.Peers.Single(peer => peer.Name == "fast").Ms);
        Assert.IsGreaterThanOrEqualTo(3, row.Rounds);
    }

    [TestMethod]
    public void APeerThatIsFarBehind_IsMeasuredOnce_AndGivesItsMemoryBack()
    {
        FakePeer behind = new("behind", 6 * Short, _log);
        ComparedRow row = Measure([new FakePeer("near", Short, _log), behind]);
        Assert.AreEqual(1, row.Peers.Single(peer => peer.Name == "behind").Rounds);
        Assert.IsGreaterThan(3, row.Peers.Single(peer => peer.Name == "behind").Ratio!.Value);
        Assert.IsGreaterThanOrEqualTo(3, row.Peers.Single(peer => peer.Name == "near").Rounds);
        Assert.IsTrue(behind.Made.Single().IsDisposed);
        Assert.AreEqual(3, _log.Count(name => name == "behind"));
    }

    [TestMethod]
    public void APeerWhoseResultIsWrong_IsShown_AndNotComparedWith()
    {
        ComparedRow row = Measure([new FakePeer("wrong", Short / 4, _log, fault: 1), new FakePeer("right", Short / 3, _log)]);
        Assert.AreEqual("right", row.Peer);
        ComparedPeer wrong = row.Peers.Single(peer => peer.Name == "wrong");
        Assert.IsGreaterThan(1e-2, wrong.Error!.Value);
        StringAssert.Contains(wrong.Reason, "not compared with");
        Assert.AreEqual(0, row.PeerError);
    }

    [TestMethod]
    public void APeerThatDoesNotComputeTheCall_IsNamedWithTheReason()
    {
        FakePeer refuses = new("refuses", Short, _log, reason: "never"), throws = new("throws", -Short, _log);
        ComparedRow row = Measure([refuses, throws, new FakePeer("does", Short, _log)]);
        Assert.AreEqual("never", row.Peers.Single(peer => peer.Name == "refuses").Reason);
        Assert.AreEqual("It cannot.", row.Peers.Single(peer => peer.Name == "throws").Reason);
        Assert.AreEqual("does", row.Peer);
        Assert.IsNull(row.Peers.Single(peer => peer.Name == "throws").Ms);
    }

    [TestMethod]
    public void OurOwnWrongResult_IsToldAsWrong()
    {
        Assert.IsTrue(Measure([]).IsRight);
        ComparedRow row = Measure([], fault: 1);
        Assert.IsFalse(row.IsRight);
        Assert.IsNull(row.Ratio);
    }

    [TestMethod]
    public void FewQueries_AreHeldAgainstAStreamingRead()
    {
        ComparedShape decode = new("decode", new(1, 2, 1, 1, 8));
        ComparedRow row = Measure([], shape: decode);
        Assert.IsNotNull(row.StreamingGbps);
        Assert.AreEqual(row.ReadGbps! / row.StreamingGbps, row.ReadFraction);
        Assert.IsNull(Measure([]).ReadFraction);
    }

    [TestMethod]
    public void WhatFails_LeavesNothingBehind()
    {
        FakePeer peer = new("peer", Short, _log);
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        FakeContender? own = null;
        Comparison comparison = new(
            (call, _) => (own = new(Comparison.OwnName, call, Short, _log), "kernel"), [peer], CpuVectorPath.Vector128, Short);
        Assert.ThrowsExactly<OperationCanceledException>(() => comparison.Measure(OneKey, ElementType.Float32, 1, stopped.Token));
        Assert.IsTrue(own!.IsDisposed);
    }

    private ComparedRow Measure(IReadOnlyList<IPeer> peers, float fault = 0, ComparedShape? shape = null)
    {
        Comparison comparison = new(
            (call, _) => (new FakeContender(Comparison.OwnName, call, Short, _log, fault), "kernel"), peers, CpuVectorPath.Vector128,
            TimeSpan.FromMilliseconds(100));
        return comparison.Measure(shape ?? OneKey, ElementType.Float32, 1, CancellationToken.None);
    }
}
