// A worker as a company has it that knows nothing of Longhaul: what the tests follow in Go. It polls the queue `orders` of one
// namespace: `go-worker ADDRESS NAMESPACE [swift]`.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

type Approval struct {
	Approved bool `json:"approved"`
}

type Order struct {
	Order string `json:"order"`
	State string `json:"state"`
	Runs  int    `json:"runs"`
}

// ProcessOrder waits for an approval, and goes on as new once before it ends.
func ProcessOrder(ctx workflow.Context, order string, runs int) (Order, error) {
	var approval *Approval
	waits := func() (bool, error) { return approval == nil, nil }
	if err := workflow.SetQueryHandler(ctx, "awaiting_approval", waits); err != nil {
		return Order{}, err
	}
	if runs > 1 {
		return Order{Order: order, State: "shipped", Runs: runs}, nil
	}
	workflow.GetSignalChannel(ctx, "approve").Receive(ctx, &approval)
	if !approval.Approved {
		cause := errors.New("nobody stands for it")
		return Order{}, temporal.NewNonRetryableApplicationError("the order was refused", "OrderRefused", cause, order)
	}
	return Order{}, workflow.NewContinueAsNewError(ctx, ProcessOrder, order, runs+1)
}

// Pack runs an activity that beats, and is tried again on another worker where its own dies.
func Pack(ctx workflow.Context, order string) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute,
		HeartbeatTimeout:    2 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond},
	})
	var packed string
	err := workflow.ExecuteActivity(ctx, PackParts, order).Get(ctx, &packed)
	return packed, err
}

// PackParts stays at its work as long as it is the first try.
func PackParts(ctx context.Context, order string) (string, error) {
	attempt := activity.GetInfo(ctx).Attempt
	for attempt == 1 {
		activity.RecordHeartbeat(ctx, map[string]any{"fraction": 0.5, "message": "half of " + order})
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return fmt.Sprintf("packed %s at attempt %d", order, attempt), nil
}

// Weigh never ends, unless the worker is a swift one.
func Weigh(ctx context.Context, _ map[string]any) (string, error) {
	for len(os.Args) < 4 {
		activity.RecordHeartbeat(ctx, 0.5)
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return "17 kg", nil
}

func main() {
	there, err := client.Dial(client.Options{HostPort: os.Args[1], Namespace: os.Args[2]})
	if err != nil {
		panic(err)
	}
	defer there.Close()
	orders := worker.New(there, "orders", worker.Options{})
	orders.RegisterWorkflow(ProcessOrder)
	orders.RegisterWorkflow(Pack)
	orders.RegisterActivity(PackParts)
	orders.RegisterActivity(Weigh)
	if err := orders.Start(); err != nil {
		panic(err)
	}
	fmt.Println("ready")
	<-worker.InterruptCh()
	orders.Stop()
}
